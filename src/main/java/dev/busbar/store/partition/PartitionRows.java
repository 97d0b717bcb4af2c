package dev.busbar.store.partition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import dev.busbar.store.partition.PartitionView.Holding;

/**
 * The rows of an application's instances. Their names say what they are: a living
 * instance, a stream that an instance consumes, or a partition.
 */
final class PartitionRows {

	static final String MEMBER = "i:";

	static final String PARTITION = "p:";

	private static final String WISH = "w:";

	private static final int UUID_LENGTH = 36;

	private final String prefix;

	private final UUID instance;

	private final Map<String, String> streamsByLabel = new HashMap<>();

	private final Set<String> wanted;

	private final Set<UUID> living = new HashSet<>();

	private final List<String> dead = new ArrayList<>();

	private final Map<String, UUID> wishes = new HashMap<>();

	private final Map<String, Holding> partitions = new HashMap<>();

	PartitionRows(String prefix, UUID instance, Set<String> streams, Set<String> wanted) {
		this.prefix = prefix;
		this.instance = instance;
		this.wanted = wanted;
		streams.forEach((stream) -> this.streamsByLabel.put(PartitionLeases.label(stream), stream));
	}

	void add(String name, UUID owner, long epoch, boolean live) {
		String kind = name.substring(this.prefix.length());
		if (kind.startsWith(MEMBER)) {
			if (live) {
				this.living.add(owner);
			}
			else {
				this.dead.add(name);
			}
		}
		else if (kind.startsWith(WISH)) {
			this.wishes.put(name, owner);
		}
		else if (kind.startsWith(PARTITION)) {
			this.partitions.put(kind.substring(PARTITION.length()), new Holding(owner, epoch, false));
		}
	}

	/** Rows of instances that have died, in the order of their names. */
	Set<String> dead() {
		Set<String> names = new TreeSet<>(this.dead);
		this.wishes.forEach((name, owner) -> {
			if (!this.living.contains(owner)) {
				names.add(name);
			}
		});
		return names;
	}

	/** Rows to add. */
	Set<String> wished() {
		Set<String> names = own();
		names.removeAll(this.wishes.keySet());
		return names;
	}

	/** Rows to remove. */
	Set<String> unwished() {
		Set<String> names = new TreeSet<>();
		this.wishes.forEach((name, owner) -> {
			if (owner.equals(this.instance)) {
				names.add(name);
			}
		});
		names.removeAll(own());
		return names;
	}

	PartitionView view() {
		Map<String, Set<UUID>> members = new HashMap<>();
		this.wanted.forEach((stream) -> members.computeIfAbsent(stream, (name) -> new TreeSet<>()).add(this.instance));
		this.wishes.forEach((name, owner) -> {
			String stream = this.streamsByLabel
				.get(name.substring(this.prefix.length() + WISH.length() + UUID_LENGTH + 1));
			if (stream != null && this.living.contains(owner)) {
				members.computeIfAbsent(stream, (it) -> new TreeSet<>()).add(owner);
			}
		});
		Map<String, List<UUID>> inOrder = new HashMap<>();
		members.forEach((stream, all) -> inOrder.put(stream, List.copyOf(all)));
		Map<Partition, Holding> holdings = new HashMap<>();
		this.partitions.forEach((name, holding) -> {
			int colon = name.indexOf(':');
			String stream = this.streamsByLabel.get(name.substring(colon + 1));
			if (stream != null) {
				boolean live = this.living.contains(holding.owner());
				holdings.put(new Partition(stream, Integer.parseInt(name.substring(0, colon))),
						new Holding(holding.owner(), holding.epoch(), live));
			}
		});
		return new PartitionView(inOrder, holdings);
	}

	private Set<String> own() {
		Set<String> names = new TreeSet<>();
		this.wanted
			.forEach((stream) -> names.add(this.prefix + WISH + this.instance + ":" + PartitionLeases.label(stream)));
		return names;
	}

}
