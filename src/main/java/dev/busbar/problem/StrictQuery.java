package dev.busbar.problem;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request, read strictly: a misspelt condition must not stand for all.
 */
public final class StrictQuery {

	private final Map<String, String[]> given;

	private StrictQuery(Map<String, String[]> given) {
		this.given = given;
	}

	/**
	 * Reads the query of a request. If the request has a body, it must have been read.
	 * @param request the request
	 * @param known the parameters that it may have
	 * @return the query
	 * @throws ProblemException if there is another parameter, or one that comes twice
	 */
	public static StrictQuery of(HttpServletRequest request, Set<String> known) {
		Map<String, String[]> given = request.getParameterMap();
		given.forEach((name, values) -> {
			if (!known.contains(name)) {
				throw malformed("The parameter " + Problem.quote(name) + " is not known. "
						+ (known.isEmpty() ? "This address takes none." : "Known are " + new TreeSet<>(known) + "."));
			}
			if (values.length > 1) {
				throw malformed("The parameter '" + name + "' is there " + values.length + " times. Send it once.");
			}
		});
		return new StrictQuery(given);
	}

	/**
	 * The value of a parameter.
	 * @param name the parameter
	 * @return its value, null if it is absent or empty
	 */
	public @Nullable String text(String name) {
		String[] values = this.given.get(name);
		return (values == null || values[0].isEmpty()) ? null : values[0];
	}

	/**
	 * The value of a parameter that is a number.
	 * @param name the parameter
	 * @param otherwise the number if it is absent or empty
	 * @param lowest the lowest number that is allowed
	 * @param highest the highest
	 * @return the number
	 * @throws ProblemException if it is no such number
	 */
	public long number(String name, long otherwise, long lowest, long highest) {
		String value = text(name);
		if (value == null) {
			return otherwise;
		}
		try {
			long number = Long.parseLong(value);
			if (number >= lowest && number <= highest) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// Told below.
		}
		throw malformed("The parameter '" + name + "' is " + Problem.quote(value) + ": use a number from " + lowest
				+ " to " + highest + ".");
	}

	private static ProblemException malformed(String detail) {
		return Problem.of(ProblemType.MALFORMED, detail).asException();
	}

}
