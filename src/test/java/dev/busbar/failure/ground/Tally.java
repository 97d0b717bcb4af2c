package dev.busbar.failure.ground;

/**
 * The count at the end of a case.
 *
 * @param accepted events that were accepted, each id once
 * @param effects those of them that had their effect
 * @param deadLetters those of them that are dead letters
 * @param pending those of them that wait, as the application says
 * @param lost those of them of which nothing is known
 * @param doubled effects beyond the first of an event
 * @param strange effects of events that nobody sent
 */
public record Tally(long accepted, long effects, long deadLetters, long pending, long lost, long doubled,
		long strange) {

	/** Whether each accepted event is in one place, and nothing was done twice. */
	public boolean balances() {
		return this.accepted == this.effects + this.deadLetters + this.pending && this.lost == 0 && this.doubled == 0
				&& this.strange == 0;
	}

	@Override
	public String toString() {
		String equation = this.accepted + " = " + this.effects + " + " + this.deadLetters + " + " + this.pending;
		return balances() ? equation
				: equation + ", lost " + this.lost + ", doubled " + this.doubled + ", strange " + this.strange;
	}

}
