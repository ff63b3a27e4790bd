package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubprotocolOfferTest {

    @Test
    void markerAndTokenAreTakenOutAndTheRestKeepsItsOrder() {
        SubprotocolOffer offer = parse("chat.v2, Bearer,a.b.c", "chat.v1");
        assertThat(offer.marker()).isEqualTo("Bearer");
        assertThat(offer.token()).isEqualTo("a.b.c");
        assertThat(offer.others()).containsExactly("chat.v2", "chat.v1");
    }

    @Test
    void aTokenThatIsRepeatedStaysHere() {
        assertThat(parse("bearer, a.b.c, a.b.c, chat").others()).containsExactly("chat");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer, a.b.c, bearer, d.e.f", "bearer, a.b.c, Bearer", "bearer, bearer, a.b.c, bearer"})
    void twoMarkersAreNoTokenAndNothingOfThemGoesOn(String doubled) {
        SubprotocolOffer offer = parse(doubled);
        assertThat(offer.token()).isEmpty();
        assertThat(offer.others()).isEmpty();
    }

    @Test
    void aMarkerWithNothingBehindItIsAProtocolLikeAnyOther() {
        assertThat(SubprotocolOffer.parse(List.of("chat, bearer"))).isNull();
    }

    private static SubprotocolOffer parse(String... lines) {
        return Objects.requireNonNull(SubprotocolOffer.parse(List.of(lines)));
    }
}
