package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

/**
 * Admits the requests of one connection one at a time: passes the well-formed bytes of the current request on and holds
 * what follows until its response is written. Owns the time-outs for a head and for idling. Event-loop bound.
 */
final class RequestIntake {

    private final ListenerRules rules;
    private final ChannelHandlerContext context;
    private final Consumer<ProblemCode> refusal;
    private final Deadline deadline;
    private final RequestFraming framing;
    private final HeldBytes held = new HeldBytes();

    private RequestPhase phase = RequestPhase.IDLE;
    private boolean passedSinceRead;

    /**
     * @param refusal called with the reason when the current request is refused
     * @param expiry called when a time-out expires
     */
    RequestIntake(ListenerRules rules, ChannelHandlerContext context, Consumer<ProblemCode> refusal, Runnable expiry) {
        this.rules = rules;
        this.context = context;
        this.refusal = refusal;
        this.deadline = new Deadline(context.executor(), rules.headerTimeout(), expiry);
        this.framing = new RequestFraming(rules.maxHead(), new RequestHead(rules.methods(), rules.forwardAuth()));
    }

    /** The connection is open. */
    void begin() {
        deadline.in(rules.headerTimeout());
    }

    /** The connection is closed, or admits no more requests. */
    void end() {
        deadline.cancel();
        held.drop();
    }

    RequestPhase phase() {
        return phase;
    }

    RequestHead head() {
        return framing.head();
    }

    /** Whether the client may be in the middle of a request. */
    boolean mayGoOn() {
        return !held.isEmpty() || phase == RequestPhase.BODY;
    }

    boolean takesMore() {
        return phase != RequestPhase.HELD || !held.isFull();
    }

    /** Takes over {@code in}. */
    void add(ByteBuf in) {
        held.add(context.alloc(), in);
        if (phase.isIncomplete()) {
            read();
        }
    }

    /** @return whether nothing was passed on since the last call, although a request is awaited */
    boolean endOfRead() {
        boolean starved = phase.isIncomplete() && !passedSinceRead;
        passedSinceRead = false;
        return starved;
    }

    /** The whole response is on its way and the connection stays open. */
    void answered() {
        if (phase == RequestPhase.HELD) {
            phase = RequestPhase.ANSWERED;
            nextWhenPutAway();
        }
    }

    /** The server handles one request at a time and accepts the next one when it has released the previous one. */
    void nextWhenPutAway() {
        if (phase != RequestPhase.ANSWERED
                || ChannelOperations.get(context.channel()) != null
                || !context.channel().isActive()) {
            return;
        }
        phase = RequestPhase.IDLE;
        framing.next();
        deadline.in(rules.idleTimeout());
        if (!held.isEmpty()) {
            context.executor().execute(this::resume);
        }
    }

    /** Admits no more requests. */
    void close() {
        phase = RequestPhase.OVER;
    }

    /** The bytes that have not been passed on, whose ownership passes to the caller; null if there are none. */
    @Nullable ByteBuf takeRest() {
        return held.takeAll();
    }

    private void read() {
        if (phase == RequestPhase.IDLE && held.size() > 0) {
            phase = RequestPhase.HEAD;
            deadline.in(rules.headerTimeout());
        }
        held.check(framing);
        ProblemCode problem = framing.problem();
        if (problem != null) {
            refusal.accept(problem);
            return;
        }
        if (framing.isInHead()) {
            return;
        }
        deadline.clear();
        phase = framing.isComplete() ? RequestPhase.HELD : RequestPhase.BODY;
        ByteBuf bytes = held.takeChecked();
        if (bytes != null) {
            passedSinceRead = true;
            context.fireChannelRead(bytes);
        }
    }

    private void resume() {
        if (phase.isIncomplete() && !held.isEmpty()) {
            read();
            context.fireChannelReadComplete();
        }
    }
}
