package io.identities.gateway.ops;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;

/** Reports a start that failed because of a setting in sentences that name it, without a stack trace. */
final class SettingsFailureAnalyzer implements FailureAnalyzer, Ordered {

    private static final String ACTION =
            "Correct the settings named above. --check tries a configuration without serving.";

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        List<String> problems = problems(failure);
        return problems.isEmpty() ? null : new FailureAnalysis(String.join("\n", problems), ACTION, failure);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    static List<String> problems(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidSettingsException invalid) {
                return invalid.problems();
            }
        }
        return SettingProblem.in(failure)
                .or(() -> StartProblem.in(failure))
                .map(List::of)
                .orElse(List.of());
    }
}
