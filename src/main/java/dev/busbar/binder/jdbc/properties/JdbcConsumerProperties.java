package dev.busbar.binder.jdbc.properties;

import org.springframework.util.unit.DataSize;

/**
 * Settings of a consumer on the embedded broker.
 */
public class JdbcConsumerProperties {

	/** How many records are read, and in batch mode handed over, at once at most. */
	private int batchSize = 200;

	/**
	 * How large the records that are read at once may be together, so that a backlog of
	 * large ones fits in the heap. A larger record comes alone.
	 */
	private DataSize batchBytes = DataSize.ofMegabytes(4);

	/** Where a new durable group starts. Anonymous groups start at the end. */
	private StartOffset startOffset = StartOffset.EARLIEST;

	public int getBatchSize() {
		return this.batchSize;
	}

	public void setBatchSize(int batchSize) {
		if (batchSize < 1) {
			throw new IllegalArgumentException("batch-size is " + batchSize + "; it must be at least 1.");
		}
		this.batchSize = batchSize;
	}

	public DataSize getBatchBytes() {
		return this.batchBytes;
	}

	public void setBatchBytes(DataSize batchBytes) {
		if (batchBytes.toBytes() < 1) {
			throw new IllegalArgumentException("batch-bytes is " + batchBytes + "; it must be at least 1B.");
		}
		this.batchBytes = batchBytes;
	}

	public StartOffset getStartOffset() {
		return this.startOffset;
	}

	public void setStartOffset(StartOffset startOffset) {
		this.startOffset = startOffset;
	}

	/** A place in the log. */
	public enum StartOffset {

		/** The first record that is kept. */
		EARLIEST,

		/** After the last record. */
		LATEST

	}

}
