package dev.busbar.egress.filter;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;

/**
 * A condition on an event in the Common Expression Language, such as
 * {@code data.amount > 100 && data.currency == 'EUR'}. What it may cost is bounded: by
 * its length, by the number of elements that {@code all}, {@code exists} and
 * {@code exists_one} visit, by the length of texts and lists and the size of documents;
 * regular expressions take linear time.
 */
public final class DataFilter {

	private static final int MAX_LENGTH = 1000;

	private static final int MAX_ITERATIONS = 1000;

	private static final int MAX_REGEX = 1000;

	// Not map and filter, whose results could outgrow the memory.
	private static final Cel CEL = CelFactory.standardCelBuilder()
		.setOptions(CelOptions.current()
			.maxExpressionCodePointSize(MAX_LENGTH)
			.maxParseRecursionDepth(50)
			.comprehensionMaxIterations(MAX_ITERATIONS)
			.maxRegexProgramSize(MAX_REGEX)
			.enableHeterogeneousNumericComparisons(true)
			.build())
		.setStandardMacros(CelStandardMacro.HAS, CelStandardMacro.ALL, CelStandardMacro.EXISTS,
				CelStandardMacro.EXISTS_ONE)
		.addVar("data", SimpleType.DYN)
		.addVar("event", MapType.create(SimpleType.STRING, SimpleType.STRING))
		.build();

	private final CelRuntime.Program program;

	/**
	 * Reads a condition.
	 * @param condition the condition
	 * @throws IllegalArgumentException if it is none; the message says why
	 */
	public DataFilter(String condition) {
		try {
			CelAbstractSyntaxTree tree = CEL.compile(condition).getAst();
			CelType type = tree.getResultType();
			if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.DYN)) {
				throw new IllegalArgumentException("'filter' must be true or false, and this one is a " + type.name()
						+ ". Write a condition such as data.amount > 100.");
			}
			this.program = CEL.createProgram(tree);
		}
		catch (CelValidationException | CelEvaluationException ex) {
			throw new IllegalArgumentException(
					"'filter' is no condition in the Common Expression Language about 'data' and 'event': "
							+ ex.getMessage());
		}
	}

	/**
	 * Whether an event fulfils the condition. An event that lacks what the condition asks
	 * for does not.
	 * @param input the event
	 */
	public boolean test(FilterInput input) {
		try {
			return Boolean.TRUE.equals(this.program.eval(input.variables()));
		}
		catch (CelEvaluationException | RuntimeException ex) {
			// No event, whatever is in it, may stop the feed.
			return false;
		}
	}

}
