package dev.busbar.failure.app;

import java.util.List;
import java.util.Map;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows what is in the database.
 */
@RestController
public class JournalController {

	private final Journal journal;

	JournalController(Journal journal) {
		this.journal = journal;
	}

	@GetMapping("/journal")
	List<Journal.Entry> journal(@RequestParam String prefix, @RequestParam int from) {
		return this.journal.list(prefix, from);
	}

	@GetMapping("/journal/counts")
	Map<String, Long> counts(@RequestParam String prefix) {
		return this.journal.counts(prefix);
	}

	@GetMapping("/tables")
	Map<String, Map<String, Long>> tables(@RequestParam String prefix) {
		return Map.of("inbox", this.journal.inbox(prefix), "outgoing", this.journal.waiting(prefix), "letters",
				this.journal.letters(prefix));
	}

}
