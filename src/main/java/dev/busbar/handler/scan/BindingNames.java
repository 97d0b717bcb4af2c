package dev.busbar.handler.scan;

/**
 * Names of bindings, derived from the names of streams.
 */
final class BindingNames {

	private BindingNames() {
	}

	/**
	 * The stem of a stream's binding names: {@code order.placed} gives
	 * {@code orderPlaced}.
	 */
	static String prefix(String stream) {
		StringBuilder name = new StringBuilder(stream.length());
		boolean upper = false;
		for (int i = 0; i < stream.length(); i++) {
			char c = stream.charAt(i);
			if (!Character.isLetterOrDigit(c)) {
				upper = name.length() > 0;
				continue;
			}
			name.append(upper ? Character.toUpperCase(c) : c);
			upper = false;
		}
		return name.toString();
	}

}
