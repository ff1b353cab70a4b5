using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.CustomResources.Expressions;

/// <summary>One entry of <c>x-kubernetes-validations</c>.</summary>
/// <param name="Rule">The expression that must be true.</param>
/// <param name="Message">What a broken rule says.</param>
/// <param name="MessageExpression">An expression that makes the message instead.</param>
/// <param name="Reason">The machine-readable reason of a broken rule; null for the usual one.</param>
/// <param name="FieldPath">Where below the schema's value a broken rule is reported.</param>
/// <param name="OptionalOldSelf">Whether the rule also runs where there is no old value.</param>
internal sealed record ValidationRule(string Rule, string Message, string MessageExpression, string? Reason, string FieldPath, bool? OptionalOldSelf)
{
    public const string Key = "x-kubernetes-validations";

    /// <summary>What messages call the rule.</summary>
    public string Shown => Message.Length > 0 ? Message.Trim() : Rule.Trim();

    /// <summary>The rules that a schema states for its own value.</summary>
    public static IReadOnlyList<ValidationRule> Of(TreeMap schema) => schema.List(Key) is { Count: > 0 } rules ? [.. rules.OfType<TreeMap>().Select(One)] : [];

    /// <summary>The rule as Kubernetes prints it in an error about it.</summary>
    public string Dump()
    {
        static string Quote(string text) => Authorization.GoText.Quote(text);
        var reason = Reason is null ? "nil" : "0xc000000001";
        var optional = OptionalOldSelf is null ? "nil" : "0xc000000001";
        return $"apiextensions.ValidationRule{{Rule:{Quote(Rule)}, Message:{Quote(Message)}, MessageExpression:{Quote(MessageExpression)}, "
            + $"Reason:(*apiextensions.FieldValueErrorReason)({reason}), FieldPath:{Quote(FieldPath)}, OptionalOldSelf:(*bool)({optional})}}";
    }

    private static ValidationRule One(TreeMap rule) => new(
        rule.Text("rule") ?? "", rule.Text("message") ?? "", rule.Text("messageExpression") ?? "", rule.Text("reason"), rule.Text("fieldPath") ?? "",
        rule["optionalOldSelf"] is TreeBool flag ? flag.Value : null);
}
