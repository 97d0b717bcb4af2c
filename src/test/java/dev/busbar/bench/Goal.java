package dev.busbar.bench;

/**
 * What a ratio of medians should be. That it is not met fails nothing.
 *
 * @param of whose median
 * @param to is divided by whose
 * @param wanted the ratio that is wanted
 * @param most whether that is the most, and not the least
 * @param ratio the measured ratio
 */
record Goal(String of, String to, double wanted, boolean most, double ratio) {

	boolean met() {
		return this.most ? this.ratio <= this.wanted : this.ratio >= this.wanted;
	}

	/** As people read it. */
	String text() {
		return "%s: %.2f times %s; goal: at %s %.2f; %s".formatted(this.of, this.ratio, this.to,
				this.most ? "most" : "least", this.wanted, met() ? "met" : "NOT MET");
	}

}
