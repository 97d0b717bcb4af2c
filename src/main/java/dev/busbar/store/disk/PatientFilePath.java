package dev.busbar.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;

import org.h2.store.fs.FilePathWrapper;

/**
 * H2's files under the prefix {@code patient:}. H2 closes itself when a write fails, and
 * was seen to lose what it had committed long before once it was opened again; so it does
 * not hear of a full disk, but waits. Public for H2, which makes its paths by reflection.
 */
public final class PatientFilePath extends FilePathWrapper {

	static final String SCHEME = "patient";

	@Override
	public String getScheme() {
		return SCHEME;
	}

	@Override
	public FileChannel open(String mode) throws IOException {
		FileChannel file = super.open(mode);
		return mode.equals("r") ? file : new PatientChannel(file, getBase().name);
	}

}
