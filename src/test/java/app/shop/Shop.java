package app.shop;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

/**
 * Events of an application that no function bean uses: code publishes them.
 */
public final class Shop {

	private Shop() {
	}

	@EventType("shop.sold")
	public record Sold(@EventKey String article, int count) {

	}

	@EventType(value = "shop.returned", stream = "returns")
	public record Returned(@EventKey String article) {

	}

}
