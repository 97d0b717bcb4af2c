package dev.busbar.ingress.access;

/**
 * What is configured: how callers prove who they are.
 *
 * @param keys whether there are API keys
 * @param people whether there are users
 * @param tokens whether there is something that reads JWTs
 * @param open whether anyone may call where there is none of these
 */
public record AccessMode(boolean keys, boolean people, boolean tokens, boolean open) {

	/** Whether callers must say who they are. */
	public boolean isGuarded() {
		return this.keys || this.people || this.tokens;
	}

}
