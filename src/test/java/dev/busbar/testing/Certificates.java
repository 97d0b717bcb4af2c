package dev.busbar.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * A certificate authority of the tests' own, and the certificate of a server on this
 * machine that it has signed, both made by the JDK's {@code keytool}. Anyone may read the
 * files.
 */
public final class Certificates {

	/** The password of the key stores. */
	public static final String PASSWORD = "changeit";

	private static @Nullable Certificates shared;

	private final Path folder;

	private Certificates(Path folder) {
		this.folder = folder;
	}

	/** Those that all tests of this JVM share. */
	public static synchronized Certificates shared() {
		Certificates certificates = shared;
		if (certificates == null) {
			certificates = make();
			shared = certificates;
		}
		return certificates;
	}

	/** The authority's certificate, in PEM. */
	public Path authority() {
		return this.folder.resolve("ca.pem");
	}

	/** The server's certificate and the authority's, in PEM. */
	public Path certificate() {
		return this.folder.resolve("server.pem");
	}

	/** The server's key, in PEM. */
	public Path key() {
		return this.folder.resolve("server.key");
	}

	/** The server's key and certificates, in PKCS 12. */
	public Path keyStore() {
		return this.folder.resolve("server.p12");
	}

	/** The authority's certificate, in PKCS 12. */
	public Path trustStore() {
		return this.folder.resolve("ca.p12");
	}

	/** What a server with this certificate speaks TLS with. */
	public SSLContext server() {
		return context(keyStore(), null);
	}

	/** What a client that trusts the authority alone speaks TLS with. */
	public SSLContext client() {
		return context(null, trustStore());
	}

	private static SSLContext context(@Nullable Path own, @Nullable Path trusted) {
		try {
			KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keys.init((own != null) ? read(own) : null, PASSWORD.toCharArray());
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init((trusted != null) ? read(trusted) : null);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static KeyStore read(Path file) throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			store.load(in, PASSWORD.toCharArray());
		}
		return store;
	}

	private static Certificates make() {
		try {
			Path folder = Files.createTempDirectory("busbar-certificates-");
			folder.toFile().setExecutable(true, false);
			folder.toFile().setReadable(true, false);
			Certificates made = new Certificates(folder);
			Path all = folder.resolve("all.p12");
			keytool(all, "ca", "CN=Busbar tests", "-ext", "bc:c=ca:true");
			keytool(all, "server", "CN=localhost", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
			made.export(all);
			return made;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void keytool(Path store, String alias, String name, String... more) {
		String[] fixed = { Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
				"-keyalg", "RSA", "-keysize", "2048", "-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD,
				"-keystore", store.toString(), "-alias", alias, "-dname", name };
		String[] command = new String[fixed.length + more.length];
		System.arraycopy(fixed, 0, command, 0, fixed.length);
		System.arraycopy(more, 0, command, fixed.length, more.length);
		Command.run(command);
	}

	private void export(Path all) throws IOException, GeneralSecurityException {
		char[] password = PASSWORD.toCharArray();
		KeyStore store = read(all);
		Key key = store.getKey("server", password);
		Certificate[] chain = store.getCertificateChain("server");
		Certificate authority = store.getCertificate("ca");
		Files.writeString(authority(), pem("CERTIFICATE", authority.getEncoded()));
		Files.writeString(key(), pem("PRIVATE KEY", key.getEncoded()));
		StringBuilder certificates = new StringBuilder();
		for (Certificate certificate : chain) {
			certificates.append(pem("CERTIFICATE", certificate.getEncoded()));
		}
		Files.writeString(certificate(), certificates);
		KeyStore own = KeyStore.getInstance("PKCS12");
		own.load(null, password);
		own.setKeyEntry("server", key, password, chain);
		write(own, keyStore());
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, password);
		trusted.setCertificateEntry("ca", authority);
		write(trusted, trustStore());
	}

	private static void write(KeyStore store, Path file) throws IOException, GeneralSecurityException {
		try (OutputStream out = Files.newOutputStream(file)) {
			store.store(out, PASSWORD.toCharArray());
		}
	}

	private static String pem(String kind, byte[] bytes) {
		return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(bytes)
				+ "\n-----END " + kind + "-----\n";
	}

}
