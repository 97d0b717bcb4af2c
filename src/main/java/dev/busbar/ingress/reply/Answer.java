package dev.busbar.ingress.reply;

import dev.busbar.ingress.access.Caller;
import dev.busbar.store.outcome.AwaitedEvent;

/**
 * What is to be answered to who waits.
 *
 * @param event the event that was posted
 * @param caller who posted it
 * @param applied the preference as it is honoured
 * @param stored the answer that the event is stored and no more is known
 */
@SuppressWarnings("ArrayRecordComponent")
record Answer(AwaitedEvent event, Caller caller, String applied, byte[] stored) {

}
