package dev.busbar.outbox.redelivery;

import java.util.Map;

import dev.busbar.store.DeadLetter.Origin;
import org.jspecify.annotations.Nullable;

/**
 * A message as the broker delivered it first, before its event was put aside: what a dead
 * letter tells, however often the event was redelivered meanwhile.
 *
 * @param headers its headers as text; once stored, without values that no dead letter
 * keeps
 * @param payload its payload byte for byte, null if it had none
 * @param origin where it came from
 */
@SuppressWarnings("ArrayRecordComponent")
public record Original(Map<String, String> headers, byte @Nullable [] payload, Origin origin) {

}
