package dev.busbar.ingress.access.chain;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class BrowserGuardTests {

	@ParameterizedTest
	@CsvSource({ "true, localhost:8443, https://localhost:8443, false", "true, example.com, https://example.com, false",
			"true, example.com, https://example.com:443, false", "true, localhost:8443, http://localhost:8443, true",
			"true, example.com, http://example.com:443, true", "true, example.com, https://other.example, true",
			"false, localhost:8080, http://localhost:8080, false", "false, example.com, https://example.com, false",
			"false, example.com, http://other.example, true", "false, example.com, null, true" })
	void aPageOfAnotherOriginIsForeign(boolean secure, String host, String origin, boolean foreign) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setSecure(secure);
		request.addHeader("Host", host);
		request.addHeader("Origin", origin);
		assertThat(BrowserGuard.isForeignPage(request)).isEqualTo(foreign);
	}

}
