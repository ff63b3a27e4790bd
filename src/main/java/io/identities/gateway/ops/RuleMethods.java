package io.identities.gateway.ops;

import io.identities.gateway.server.Methods;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Finds methods of access rules that no request has: a rule that denies {@code DELTE} denies nothing. */
final class RuleMethods {

    private static final String RULES = "identities.access.rules";

    private RuleMethods() {}

    /** A warning for each. Not an error, because another proxy may use methods of its own (forward-auth). */
    static List<String> warnings(Environment environment) {
        Binder binder = Binder.get(environment);
        Methods served = served(environment);
        List<String> warnings = new ArrayList<>();
        for (int i = 0; environment.containsProperty(RULES + "[" + i + "].path"); i++) {
            String property = RULES + "[" + i + "].methods";
            for (String method : texts(binder, property)) {
                if (!served.allows(method.strip().toUpperCase(Locale.ROOT))) {
                    warnings.add(property + ": found " + method + ", which is no registered method, so that the rule"
                            + " says nothing of any other; add it to identities.server.more-methods if it is meant");
                }
            }
        }
        return warnings;
    }

    /** The methods that the listener allows. */
    static Methods served(Environment environment) {
        return new Methods(texts(Binder.get(environment), "identities.server.more-methods"));
    }

    private static List<String> texts(Binder binder, String name) {
        return binder.bind(name, Bindable.listOf(String.class)).orElse(List.of());
    }
}
