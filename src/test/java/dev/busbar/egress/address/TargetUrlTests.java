package dev.busbar.egress.address;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TargetUrlTests {

	private static final AddressRules PUBLIC = new AddressRules(List.of(), List.of());

	@ParameterizedTest
	@ValueSource(strings = { "https://example.com", "http://example.com:8080/a?b=c%20d", "https://8.8.8.8/",
			"https://[2606:4700::1111]:8443/x", "HTTPS://EXAMPLE.COM/", "https://xn--bcher-kva.example/",
			"https://a.b-c.example:65535/" })
	void aPublicUrlIsTaken(String url) {
		assertThat(TargetUrl.parse(url, PUBLIC)).hasToString(url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://127.0.0.1/", "http://127.255.255.254/", "http://10.0.0.1/", "http://172.16.0.1/",
			"http://172.31.255.255/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data",
			"http://100.64.0.1/", "http://100.100.100.200/", "http://0.0.0.0/", "http://0.1.2.3/", "http://224.0.0.1/",
			"http://255.255.255.255/", "http://240.0.0.1/", "http://192.0.2.1/", "http://198.51.100.7/",
			"http://203.0.113.9/", "http://198.18.0.1/", "http://192.0.0.1/", "http://168.63.129.16/", "http://[::1]/",
			"http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/",
			"http://[0:0:0:0:0:ffff:a00:1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::a00:1]/",
			"http://[2002:7f00:1::]/", "http://[2001:0:1::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/",
			"http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fe80::1]/", "http://[fec0::1]/",
			"http://[ff02::1]/", "http://[5f00::1]/" })
	void anAddressThatIsNotPublicIsRefused(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> TargetUrl.parse(url, PUBLIC))
			.withMessageContaining("not public");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
			"http://127.1/", "http://127.0.1/", "http://127.0.0.01/", "http://017700000001/", "http://127.0.0.1./",
			"http://localhost./", "http://example.com./", "http://1.2.3/", "http://256.1.1.1/", "http://1.2.3.4.5/",
			"http://evil.0x7f/", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[::1/",
			"http://\uFF11\uFF12\uFF17.\uFF10.\uFF10.\uFF11/", "http://\u2460\u2461\u2466.0.0.1/",
			"http://b\u00FCcher.example/", "http://127%2e0%2e0%2e1/", "http://%31%32%37.0.0.1/",
			"http://example.com%00.evil/", "http://user@example.com/", "http://example.com:80@127.0.0.1/",
			"http://127.0.0.1\\@example.com/", "http://example.com\\/", "http:///x", "http:/x", "http:x",
			"//example.com/", "example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
			"jar:http://example.com!/", "http://example.com:0/", "http://example.com:65536/", "http://example.com:/",
			"http://example.com:99999999999/", "http://example.com/#x", "http://exa mple.com/",
			"http://example.com/\r\nX: y", "http://ex_ample.com/", "http://-a.example/", "", " http://example.com/",
			"https://[::1]extra/", "https://[v1.x]/" })
	void anOddSpellingIsRefused(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> TargetUrl.parse(url, PUBLIC));
	}

	@Test
	void aUrlThatIsTooLongIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TargetUrl.parse("https://example.com/" + "a".repeat(2048), PUBLIC))
			.withMessageContaining("2048");
	}

	@Test
	void onesOwnNetworksAreAllowedByName() {
		AddressRules own = new AddressRules(List.of("127.0.0.0/8", "fd00::/8", "10.1.2.3"), List.of());
		assertThat(TargetUrl.parse("http://127.9.9.9:8080/", own)).isNotNull();
		assertThat(TargetUrl.parse("http://[::ffff:127.0.0.1]/", own)).isNotNull();
		assertThat(TargetUrl.parse("http://[fd12::1]/", own)).isNotNull();
		assertThat(TargetUrl.parse("http://10.1.2.3/", own)).isNotNull();
		assertThatIllegalArgumentException().isThrownBy(() -> TargetUrl.parse("http://10.1.2.4/", own));
		assertThatIllegalArgumentException().isThrownBy(() -> TargetUrl.parse("http://[64:ff9b::7f00:1]/", own));
		assertThatIllegalArgumentException().isThrownBy(() -> TargetUrl.parse("http://[::127.0.0.1]/", own));
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "example.com", "10.0.0/8", "::/129", "" })
	void anAllowedNetworkThatIsNoneIsRefused(String network) {
		assertThatIllegalArgumentException().isThrownBy(() -> new AddressRules(List.of(network), List.of()))
			.withMessageContaining("no network");
	}

}
