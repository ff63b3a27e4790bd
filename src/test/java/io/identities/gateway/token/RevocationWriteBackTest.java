package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RevocationWriteBackTest {

    private final RevocationWriteBack writeBack = new RevocationWriteBack(2);
    private final List<Revocation> known = new ArrayList<>(IntStream.range(0, 5)
            .mapToObj(i -> new Revocation.OfSession("s" + i, Instant.MAX))
            .toList());

    @Test
    void nothingIsWrittenUnlessItIsAskedFor() {
        assertThat(next()).isEmpty();
        assertThat(writeBack.isDone()).isTrue();
    }

    @Test
    void everythingIsWrittenASliceARound() {
        writeBack.request();

        for (List<Revocation> slice : List.of(known.subList(0, 2), known.subList(2, 4), known.subList(4, 5))) {
            assertThat(writeBack.isDone()).isFalse();
            assertThat(next()).isEqualTo(slice);
            writeBack.written();
        }
        assertThat(writeBack.isDone()).isTrue();
        assertThat(next()).isEmpty();
    }

    @Test
    void whatIsNotTakenIsSentAgainEverMoreSlowly() {
        writeBack.request();
        for (int pause : new int[] {1, 2, 4, 8, 16, 16}) {
            assertThat(next()).isEqualTo(known.subList(0, 2));
            writeBack.failed();
            for (int round = 0; round < pause; round++) {
                assertThat(next()).as("round %d of %d", round, pause).isEmpty();
                assertThat(writeBack.isDone()).isFalse();
            }
        }
        assertThat(next()).isEqualTo(known.subList(0, 2));
        writeBack.written();
        assertThat(next()).isEqualTo(known.subList(2, 4));
        writeBack.failed();
        assertThat(next()).isEmpty();
        assertThat(next()).as("the pauses begin anew").isEqualTo(known.subList(2, 4));
    }

    @Test
    void whatIsAskedForMeanwhileIsWrittenToo() {
        writeBack.request();
        next();
        writeBack.failed();
        known.clear();
        known.add(new Revocation.OfSession("new", Instant.MAX));
        writeBack.request();

        assertThat(next()).isEmpty();
        assertThat(next()).isEqualTo(known);
    }

    private List<Revocation> next() {
        return List.copyOf(writeBack.next(() -> List.copyOf(known)));
    }
}
