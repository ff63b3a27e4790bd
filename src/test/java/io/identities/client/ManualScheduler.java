package io.identities.client;

import io.identities.gateway.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what is due when a test moves the clock, in the test's thread. Tasks without a delay run in a thread of its own. */
final class ManualScheduler extends ScheduledThreadPoolExecutor {

    private final MutableClock clock;
    private final List<Task> tasks = new CopyOnWriteArrayList<>();

    ManualScheduler(MutableClock clock) {
        super(1);
        this.clock = clock;
    }

    @Override
    public void execute(Runnable task) {
        super.schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Task task = new Task(command, clock.instant().plusNanos(unit.toNanos(delay)));
        tasks.add(task);
        return task;
    }

    /** Moves the clock and runs, earliest first, whatever is due then. */
    void advance(Duration duration) {
        clock.advance(duration);
        tasks.removeIf(Task::isCancelled);
        tasks.stream()
                .filter(task -> !task.due.isAfter(clock.instant()))
                .sorted(Comparator.comparing(task -> task.due))
                .forEach(task -> {
                    tasks.remove(task);
                    task.run();
                });
    }

    /** How long from now the next task is due. */
    Duration next() {
        return tasks.stream()
                .filter(task -> !task.isCancelled())
                .map(task -> Duration.between(clock.instant(), task.due))
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static final class Task extends FutureTask<Object> implements RunnableScheduledFuture<Object> {

        private final Instant due;

        private Task(Runnable command, Instant due) {
            super(asCallable(command));
            this.due = due;
        }

        private static Callable<Object> asCallable(Runnable command) {
            return () -> {
                command.run();
                return "";
            };
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }
    }
}
