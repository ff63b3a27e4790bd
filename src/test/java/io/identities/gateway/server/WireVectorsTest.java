package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.identities.gateway.server.WireVectors.Vector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What other people's readers refuse, ours refuses; what they take, ours takes, but for the choices listed here. */
class WireVectorsTest {

    /** Valid by those sets, refused here on purpose: the README says why. */
    private static final Pattern REFUSED_BY_CHOICE = Pattern.compile(String.join(
            "|",
            "uri.md: (Quotes in URI|Fragment in URI|Host terminated.*|`host:port` .*)",
            "method.md: (M-SEARCH request|SOURCE request with ICE|ANNOUNCE request with RTSP)",
            "transfer-encoding.md: POST with `chunked` as last transfer-encoding.*",
            "sample.md: No HTTP version",
            "content-length.md: Content-Length reset when no body is received",
            "gunicorn valid (005|009|014|024|025|025_line|027|028|029|030|031.*|040.*|099|pp_.*|compat_.*)",
            "gunicorn valid rfc9112_(target|smuggle)_.*"));

    @Test
    void noVectorHasMoreRequestsForUsThanForItsAuthors() throws IOException {
        assumeTrue(!System.getProperty("test.vectors", "").isEmpty(), "needs -Dtest.vectors");
        List<String> tooMany = new ArrayList<>();
        List<String> refusedValid = new ArrayList<>();
        int invalid = 0;
        int valid = 0;
        int taken = 0;
        for (Vector vector : WireVectors.all()) {
            Vector hosted = vector.withHost();
            int complete = completeRequests(hosted);
            if (complete > vector.messages()
                    || !vector.valid() && vector.name().startsWith("gunicorn") && complete > 0) {
                tooMany.add(vector.name() + " gave " + complete);
            }
            invalid += vector.valid() ? 0 : 1;
            valid += vector.valid() ? 1 : 0;
            if (vector.valid() && complete > 0) {
                taken++;
            } else if (vector.valid() && vector.messages() > 0) {
                refusedValid.add(vector.name());
            }
        }
        System.out.printf(
                "wire vectors: %d invalid, none taken; %d valid, %d taken, refused by choice or incomplete: %s%n",
                invalid, valid, taken, refusedValid);
        assertThat(tooMany).isEmpty();
        assertThat(refusedValid)
                .allMatch(name -> REFUSED_BY_CHOICE.matcher(name).matches());
        assertThat(invalid).isGreaterThan(100);
    }

    private static int completeRequests(Vector vector) {
        RequestFraming framing =
                new RequestFraming(16_384, new RequestHead(new Methods(List.of()), new ForwardAuthPath(null)));
        ByteBuf in = Unpooled.wrappedBuffer(vector.bytes());
        int complete = 0;
        int at = 0;
        while (true) {
            at = framing.advance(in, at);
            if (framing.problem() != null || !framing.isComplete()) {
                return complete;
            }
            complete++;
            framing.next();
        }
    }
}
