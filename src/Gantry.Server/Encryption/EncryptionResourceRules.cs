using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Encryption;

/// <summary>How an EncryptionConfiguration names resources: <c>secrets</c>, <c>deployments.apps</c>, <c>*.</c> (the core group), <c>*.apps</c>, <c>*.*</c>.</summary>
internal static class EncryptionResourceRules
{
    public static (string Group, string Plural) Parse(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? ("", name) : (name[(dot + 1)..], name[..dot]);
    }

    /// <summary>Refuses names that mean nothing, and lists in which one masks another.</summary>
    public static void Check(FieldPath at, List<string> names, FieldErrors errors)
    {
        var parsed = names.Select(Parse).ToList();
        if (parsed.Distinct().Count() < parsed.Count)
        {
            errors.Add(new FieldError(FieldErrorType.Invalid, at.ToString(), GoDump.Texts("string", names), "the same resource cannot be specified multiple times"));
        }

        if (parsed.Where((a, i) => parsed.Where((b, j) => i != j && a != b && Overlap(a, b)).Any()).Any())
        {
            errors.Add(new FieldError(FieldErrorType.Invalid, at.ToString(), GoDump.Texts("string", names),
                "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked"));
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (Fault(names[i], parsed[i]) is { } fault)
            {
                errors.Invalid(at.Index(i), names[i], fault);
            }
        }
    }

    private static bool Overlap((string Group, string Plural) a, (string Group, string Plural) b) =>
        a == ("*", "*") || (a.Group == b.Group && (a.Plural == "*" || b.Plural == "*"));

    private static string? Fault(string name, (string Group, string Plural) parsed)
    {
        if (name.Any(char.IsUpper))
        {
            return "resource name should not contain capital letters";
        }

        return name switch
        {
            "*" => "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources",
            "apiserveripinfo" or "serviceipallocations" or "servicenodeportallocations" => "resources which do not have REST API/s cannot be encrypted",
            _ => parsed switch
            {
                { Group: "events.k8s.io" } => "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file",
                { Group: "extensions" } => "'extensions' group has been removed and cannot be used for encryption",
                { Group: "*", Plural: not "*" } => "encrypting the same resource across groups is not supported",
                _ => null,
            },
        };
    }
}
