package dev.busbar.socket.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * What a client sends: a JSON object whose member {@code do} says what it wants. Objects
 * in it are cut out of the bytes as they stand. Immutable.
 */
public final class ClientMessage {

	/** As long as a reference may be. */
	public static final int MAX_REF = 100;

	private static final JsonFactory JSON = JsonFactory.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
		.build();

	private final Map<String, Member> members;

	private final String action;

	private final @Nullable String ref;

	private ClientMessage(Map<String, Member> members, String action, @Nullable String ref) {
		this.members = members;
		this.action = action;
		this.ref = ref;
	}

	/**
	 * Reads a message.
	 * @param utf8 the message
	 * @return what was sent
	 * @throws ProblemException if it is no such object
	 */
	public static ClientMessage parse(byte[] utf8) {
		ClientMessage read = members(utf8);
		String ref = read.optionalText("ref");
		if (ref != null && ref.length() > MAX_REF) {
			throw malformed(
					"The member 'ref' has " + ref.length() + " characters, and at most " + MAX_REF + " are allowed.");
		}
		return new ClientMessage(read.members, read.text("do"), ref);
	}

	/**
	 * Reads an object that is part of a message.
	 * @param utf8 the object
	 * @return its members
	 */
	public static ClientMessage members(byte[] utf8) {
		Map<String, Member> members = new LinkedHashMap<>();
		try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw malformed("The message is no JSON object. Send {\"do\": \"publish\", ...}.");
			}
			while (parser.nextToken() != JsonToken.END_OBJECT) {
				String name = parser.currentName();
				parser.nextToken();
				members.put(name, member(parser, utf8));
			}
			if (parser.nextToken() != null) {
				throw malformed("There is more after the JSON object. Send one object in a message.");
			}
		}
		catch (JacksonException ex) {
			// Neither its text nor the exception itself: they quote the data.
			throw malformed("The message is no valid JSON, has a member twice, or is nested too deeply.");
		}
		return new ClientMessage(members, "", null);
	}

	private static Member member(JsonParser parser, byte[] utf8) {
		JsonToken token = parser.currentToken();
		return switch (token) {
			case VALUE_STRING -> new Member(token, parser.getString(), null, List.of());
			case START_OBJECT -> new Member(token, null, slice(parser, utf8), List.of());
			case START_ARRAY -> {
				List<Member> elements = new ArrayList<>();
				while (parser.nextToken() != JsonToken.END_ARRAY) {
					if (parser.currentToken() == JsonToken.START_ARRAY) {
						throw malformed("An array stands in an array, where none is known.");
					}
					elements.add(member(parser, utf8));
				}
				yield new Member(token, null, null, elements);
			}
			default -> new Member(token, parser.getString(), null, List.of());
		};
	}

	private static byte[] slice(JsonParser parser, byte[] utf8) {
		int start = (int) parser.currentTokenLocation().getByteOffset();
		parser.skipChildren();
		return Arrays.copyOfRange(utf8, start, (int) parser.currentLocation().getByteOffset());
	}

	/** What the client wants. */
	public String action() {
		return this.action;
	}

	/** What the client calls it, null if it does not say. */
	public @Nullable String ref() {
		return this.ref;
	}

	/**
	 * Refuses members that the action does not know: a slip of the pen must not pass in
	 * silence.
	 * @param known the names of all members but {@code do} and {@code ref}
	 */
	public void allow(String... known) {
		Set<String> names = Set.of(known);
		for (String name : this.members.keySet()) {
			boolean envelope = !this.action.isEmpty() && (name.equals("do") || name.equals("ref"));
			if (!envelope && !names.contains(name)) {
				throw malformed("The member " + Problem.quote(name) + " is not known "
						+ (this.action.isEmpty() ? "here" : "in '" + this.action + "'") + ". Known are "
						+ (this.action.isEmpty() ? "" : "do, ref, ") + String.join(", ", known) + ".");
			}
		}
	}

	/** A text that has to be there. */
	public String text(String name) {
		String text = optionalText(name);
		if (text == null || text.isEmpty()) {
			throw malformed("The member '" + name + "' is missing or empty. Send a string.");
		}
		return text;
	}

	/** A text, null if it is not there. */
	public @Nullable String optionalText(String name) {
		Member member = this.members.get(name);
		if (member == null || member.token == JsonToken.VALUE_NULL) {
			return null;
		}
		if (member.token != JsonToken.VALUE_STRING) {
			throw malformed("The member '" + name + "' is no string. Send one, or leave it out.");
		}
		return member.text;
	}

	/** Several texts; none if the member is not there. */
	public List<String> texts(String name) {
		List<String> texts = new ArrayList<>();
		for (Member member : elements(name)) {
			if (member.token != JsonToken.VALUE_STRING || member.text == null) {
				throw malformed("The member '" + name + "' is no array of strings. Send one, or leave it out.");
			}
			texts.add(member.text);
		}
		return texts;
	}

	/**
	 * A whole number.
	 * @param name the member's name
	 * @param absent the number if it is not there
	 * @param most the largest that is allowed; the smallest is 1
	 */
	public int number(String name, int absent, int most) {
		Member member = this.members.get(name);
		if (member == null) {
			return absent;
		}
		String text = (member.token == JsonToken.VALUE_NUMBER_INT && member.text != null) ? member.text : "";
		int number = (!text.isEmpty() && text.length() < 10) ? Integer.parseInt(text) : 0;
		if (number < 1 || number > most) {
			throw malformed("The member '" + name + "' is no whole number from 1 to " + most + ".");
		}
		return number;
	}

	/** Yes or no. */
	public boolean flag(String name, boolean absent) {
		Member member = this.members.get(name);
		if (member == null) {
			return absent;
		}
		return switch (member.token) {
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			default -> throw malformed("The member '" + name + "' is neither true nor false.");
		};
	}

	/** The bytes of an object that has to be there. */
	public byte[] object(String name) {
		Member member = this.members.get(name);
		if (member == null || member.object == null) {
			throw malformed("The member '" + name + "' is missing, or no object. Send a JSON object.");
		}
		return member.object;
	}

	/** The bytes of several objects; none if the member is not there. */
	public List<byte[]> objects(String name) {
		List<byte[]> objects = new ArrayList<>();
		for (Member member : elements(name)) {
			if (member.object == null) {
				throw malformed("The member '" + name + "' is no array of objects. Send one, or leave it out.");
			}
			objects.add(member.object);
		}
		return objects;
	}

	private List<Member> elements(String name) {
		Member member = this.members.get(name);
		if (member == null) {
			return List.of();
		}
		if (member.token != JsonToken.START_ARRAY) {
			throw malformed("The member '" + name + "' is no array. Send one, or leave it out.");
		}
		return member.elements;
	}

	/** A message that is not well formed. */
	public static ProblemException malformed(String detail) {
		return Problem.of(ProblemType.MALFORMED, detail).asException();
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Member(JsonToken token, @Nullable String text, byte @Nullable [] object, List<Member> elements) {

	}

}
