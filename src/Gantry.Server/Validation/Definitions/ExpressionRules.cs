using System.Globalization;
using Gantry.Api.Cel;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources.Expressions;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation.Definitions;

/// <summary>
/// What the rules of a schema (<c>x-kubernetes-validations</c>) must be: well formed, expressions that compile, and not too dear, each and all together
/// (apiextensions-apiserver <c>pkg/apis/apiextensions/validation/validation.go</c>).
/// </summary>
/// <param name="history">What is stored already.</param>
/// <param name="costsAreKnown">Whether the schema is stored already, so that its expressions may cost what they do.</param>
internal sealed class ExpressionRules(ExpressionHistory history, bool costsAreKnown)
{
    private const ulong MostPerExpression = 10_000_000;
    private const ulong MostPerSchema = 100_000_000;
    private const int MostNamed = 4;
    private const long LargestRequest = 3 * 1024 * 1024;

    private static readonly string[] Reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

    private readonly List<FieldError> _errors = [];
    private readonly List<(FieldPath At, ulong Cost)> _dear = [];
    private ulong _total;

    /// <summary>Checks how the rules of one schema are written.</summary>
    public static void CheckForm(FieldErrors errors, TreeMap schema, FieldPath at)
    {
        var rules = ValidationRule.Of(schema);
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, path) = (rules[i], at.Child(ValidationRule.Key).Index(i));
            var (text, message) = (rule.Rule.Trim(), rule.Message.Trim());
            if (text.Length == 0)
            {
                errors.Required(path.Child("rule"), "rule is not specified");
            }
            else if (rule.Message.Length > 0 && message.Length == 0)
            {
                errors.Invalid(path.Child("message"), rule.Message, "message must be non-empty if specified");
            }
            else if (Breaks(message))
            {
                errors.Invalid(path.Child("message"), rule.Message, "message must not contain line breaks");
            }
            else if (Breaks(text) && message.Length == 0)
            {
                errors.Required(path.Child("message"), "message must be specified if rule contains line breaks");
            }

            if (rule.MessageExpression.Length > 0 && rule.MessageExpression.AsSpan().Trim().IsEmpty)
            {
                errors.Required(path.Child("messageExpression"), "messageExpression must be non-empty if specified");
            }

            if (rule.Reason is { } reason)
            {
                errors.OneOf(path.Child("reason"), reason, Reasons);
            }

            Field(errors, rule.FieldPath, schema, path.Child("fieldPath"));
        }
    }

    /// <summary>Compiles the rules of one schema, which is well formed.</summary>
    public void Check(TreeMap schema, FieldPath at, ExpressionPlace place)
    {
        var rules = ValidationRule.Of(schema);
        if (rules.Count == 0)
        {
            return;
        }

        var path = at.Child(ValidationRule.Key);
        if (CelSchema.Of(schema, place.IsResource) is not { } type)
        {
            _errors.Add(FieldError.Internal(path.ToString(), "internal error: failed to retrieve type information for x-kubernetes-validations"));
            return;
        }

        var times = place.Times ?? (ulong)(LargestRequest / (type.MinSerializedSize + 1));
        for (var i = 0; i < rules.Count; i++)
        {
            One(CompiledRule.Of(rules[i], schema, type, history.Environment), path.Index(i), place, times);
        }
    }

    /// <summary>Everything that is wrong with the expressions, and with their cost in sum.</summary>
    /// <param name="errors">Gets it.</param>
    /// <param name="at">Where the whole schema is.</param>
    public void Finish(FieldErrors errors, FieldPath at)
    {
        _errors.ForEach(errors.Add);
        if (_total <= MostPerSchema)
        {
            return;
        }

        foreach (var (path, _) in _dear.OrderByDescending(d => d.Cost).Take(MostNamed))
        {
            errors.Forbidden(path, "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema");
        }

        errors.Forbidden(at, TooDear("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", _total, MostPerSchema));
    }

    private static void Field(FieldErrors errors, string field, TreeMap schema, FieldPath at)
    {
        if (field.Length == 0)
        {
            return;
        }

        if (field.AsSpan().Trim().IsEmpty)
        {
            errors.Invalid(at, field, "fieldPath must be non-empty if specified");
        }

        if (Breaks(field))
        {
            errors.Invalid(at, field, "fieldPath must not contain line breaks");
        }

        if (RuleFieldPath.Resolve(schema, field, brackets: true, out _, out _) is not null)
        {
            errors.Invalid(at, field, "fieldPath must be a valid path");
        }
    }

    private static bool Breaks(string text) => text.AsSpan().IndexOfAny('\n', '\r') >= 0;

    private void One(CompiledRule compiled, FieldPath at, ExpressionPlace place, ulong times)
    {
        var rule = compiled.Rule;
        Cost("estimated rule cost", at.Child("rule"), Times(compiled.Program?.EstimateCost().Max ?? 0, times));
        if (compiled.Error is { } error)
        {
            _errors.Add(new FieldError(FieldErrorType.Invalid, at.Child("rule").ToString(), rule.Dump(), error));
        }

        if (compiled.MessageError is { } problem)
        {
            _errors.Add(new FieldError(FieldErrorType.Invalid, at.Child("messageExpression").ToString(), rule.Dump(), problem));
        }
        else if (compiled.Message is { } message)
        {
            Cost("estimated messageExpression cost", at.Child("messageExpression"), message.EstimateCost().Max);
        }

        if (compiled.UsesOldSelf)
        {
            if (place.Uncorrelated is { } around)
            {
                _errors.Add(FieldError.Invalid(at.Child("rule").ToString(), rule.Rule, $"oldSelf cannot be used on the uncorrelatable portion of the schema within {around}"));
            }
        }
        else if (rule.OptionalOldSelf is { } optional)
        {
            _errors.Add(FieldError.Invalid(at.Child("optionalOldSelf").ToString(), optional, "may not be set if oldSelf is not used in rule"));
        }
    }

    private void Cost(string name, FieldPath at, ulong cost)
    {
        if (!costsAreKnown && cost > MostPerExpression)
        {
            _errors.Add(FieldError.Forbidden(at.ToString(), TooDear(name, cost, MostPerExpression)));
        }

        _total = cost > ulong.MaxValue - _total ? ulong.MaxValue : _total + cost;
        if (cost >= MostPerSchema / 100)
        {
            _dear.Add((at, cost));
        }
    }

    private static ulong Times(ulong cost, ulong times) => cost != 0 && ulong.MaxValue / cost < times ? ulong.MaxValue : cost * times;

    private static string TooDear(string name, ulong cost, ulong limit)
    {
        var factor = (double)cost / limit;
        var shown = factor > 100 ? "more than 100x" : factor.ToString(factor < 1.5 ? "F6" : "F1", CultureInfo.InvariantCulture) + "x";
        return $"{name} exceeds budget by factor of {shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
    }
}
