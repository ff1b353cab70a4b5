using System.Globalization;
using Gantry.Api.Cel;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources.Expressions;

/// <summary>
/// Checks one object by the rules of its schema, with Kubernetes' words and within its budget (apiextensions-apiserver
/// <c>pkg/apiserver/schema/cel/validation.go</c>).
/// </summary>
internal sealed class RuleRun
{
    private const long Budget = 10_000_000;
    private const int LongestMessage = 5 * 1024;
    private const string OutOfBudget = "validation failed due to running out of cost budget, no further validation rules will be run";

    private readonly Action<string> _warn;
    private readonly List<FieldError> _errors = [];
    private long _budget = Budget;

    private RuleRun(Action<string> warn) => _warn = warn;

    /// <summary>Every broken rule.</summary>
    /// <param name="node">The rules.</param>
    /// <param name="value">The object.</param>
    /// <param name="old">The stored object; null when it is new.</param>
    /// <param name="warn">Takes what is wrong with what has not changed.</param>
    public static IReadOnlyList<FieldError> Check(RuleNode node, TreeMap value, TreeMap? old, Action<string> warn)
    {
        var run = new RuleRun(warn);
        run.Value(node, value, old, "", new Place(old is null ? null : new Correlation(value, old, node.Schema), null));
        return run._errors;
    }

    /// <summary>Every rule that a default breaks. It counts as its own old value.</summary>
    public static IReadOnlyList<FieldError> CheckDefault(RuleNode node, Tree value, string path)
    {
        var run = new RuleRun(static _ => { });
        run.Value(node, value, value, path, default);
        return run._errors;
    }

    // False once the budget is spent; then nothing more is checked.
    private bool Value(RuleNode node, Tree value, Tree? old, string path, Place place)
    {
        if (value is TreeNull)
        {
            return true;
        }

        if (!Rules(node, value, old is TreeNull ? null : old, path, place) || !node.AllOf.All(a => Value(a, value, old, path, new Place(null, place.Parent))))
        {
            return false;
        }

        return value switch
        {
            TreeList list when node.Items is { } items => Items(node, items, list, old as TreeList, path, place),
            TreeMap map => Members(node, map, old as TreeMap, path, place),
            _ => true,
        };
    }

    private bool Items(RuleNode node, RuleNode items, TreeList list, TreeList? old, string path, Place place)
    {
        var before = node.Schema.ListType == "map" && old is not null ? Correlation.ByKeys(node.Schema, old) : [];
        for (var i = 0; i < list.Count; i++)
        {
            var was = list[i] is TreeMap item ? before.GetValueOrDefault(Correlation.Keys(node.Schema, item)) : null;
            if (!Value(items, list[i], was, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), place.Index(i)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Members(RuleNode node, TreeMap map, TreeMap? old, string path, Place place)
    {
        for (var i = 0; i < map.Count; i++)
        {
            var key = map.KeyAt(i);
            if (node.Additional is { } other && !Value(other, map.ValueAt(i), old?[key], $"{path}[{key}]", place.Key(key)))
            {
                return false;
            }

            if (node.Properties.GetValueOrDefault(key) is { } member && !Value(member, map.ValueAt(i), old?[key], path.Length == 0 ? key : path + "." + key, place.Key(key)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Rules(RuleNode node, Tree value, Tree? old, string path, Place place)
    {
        if (node.Rules.Count == 0)
        {
            return true;
        }

        if (_budget <= 0)
        {
            return Stop(path, node, OutOfBudget);
        }

        var self = CelValue.Of(value, node.Type!);
        var before = old is null || !node.UsesOldSelf ? (CelValue?)null : CelValue.Of(old, node.Type!);
        var plain = new CelBindings { ["self"] = self };
        var optional = new CelBindings { ["self"] = self, ["oldSelf"] = before is { } held ? CelValue.Optional(held) : CelValue.None };
        if (before is { } known)
        {
            plain["oldSelf"] = known;
        }

        foreach (var rule in node.Rules)
        {
            var isOptional = rule.Rule.OptionalOldSelf == true;
            if (rule.Error is not null)
            {
                Invalid(path, node, "rule compile error: " + rule.Error);
            }
            else if (rule.Program is not null && !(rule.UsesOldSelf && old is null && !isOptional) && !One(node, rule, isOptional ? optional : plain, plain, path, place))
            {
                return false;
            }
        }

        return true;
    }

    private bool One(RuleNode node, CompiledRule rule, CelBindings bindings, CelBindings plain, string path, Place place)
    {
        var outcome = rule.Program!.Evaluate(bindings);
        if (outcome.Cost > _budget)
        {
            return Stop(path, node, OutOfBudget);
        }

        _budget -= outcome.Cost;
        if (outcome.Exceeded)
        {
            return Stop(path, node, $"'{outcome.Error}': no further validation rules will be run due to call cost exceeds limit for rule: {rule.Rule.Shown}");
        }

        if (outcome.Error is { } error)
        {
            Invalid(path, node, error.StartsWith("no such overload", StringComparison.Ordinal)
                ? $"'{error}': call arguments did not match a supported operator, function or macro signature for rule: {rule.Rule.Shown}"
                : $"{error} evaluating rule: {rule.Rule.Shown}");
            return true;
        }

        if (outcome.Value.Bool)
        {
            return true;
        }

        var at = rule.FieldPath.Length == 0 ? path : path.Length == 0 ? rule.FieldPath : path + "." + rule.FieldPath;
        var detail = rule.Rule.Message.Length == 0 ? "failed rule: " + rule.Rule.Shown : rule.Rule.Shown;
        if (rule.Message is { } message)
        {
            var (text, refusal) = Message(rule, message, plain);
            if (refusal is not null)
            {
                Broken(rule, place, FieldError.Invalid(Where(at), node.Schema.Type, refusal));
                return false;
            }

            detail = text ?? detail;
        }

        Broken(rule, place, rule.Rule.Reason switch
        {
            "FieldValueForbidden" => FieldError.Forbidden(Where(at), detail),
            "FieldValueRequired" => FieldError.Required(Where(at), detail),
            "FieldValueDuplicate" => FieldError.Duplicate(Where(at), node.Schema.Type),
            _ => FieldError.Invalid(Where(at), node.Schema.Type, detail),
        });
        return true;
    }

    // The message, or none where the expression has none that is of use; a refusal where it costs too much.
    private (string? Text, string? Refusal) Message(CompiledRule rule, CelProgram message, CelBindings bindings)
    {
        var outcome = message.Evaluate(bindings);
        if (outcome.Cost > _budget)
        {
            return (null, "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run");
        }

        _budget -= outcome.Cost;
        if (outcome.Exceeded)
        {
            return (null, $"no further validation rules will be run due to call cost exceeds limit for messageExpression: {Authorization.GoText.Quote(rule.Rule.MessageExpression)}");
        }

        var text = outcome.Error is null ? outcome.Value.Text.Trim() : "";
        return text.Length == 0 || text.Contains('\n', StringComparison.Ordinal) || System.Text.Encoding.UTF8.GetByteCount(text) > LongestMessage ? (null, null) : (text, null);
    }

    private void Broken(CompiledRule rule, Place place, FieldError error)
    {
        if (!rule.UsesOldSelf && place.IsUnchanged)
        {
            _warn(error.ToString());
            return;
        }

        _errors.Add(error);
    }

    private bool Stop(string path, RuleNode node, string detail)
    {
        Invalid(path, node, detail);
        return false;
    }

    private void Invalid(string path, RuleNode node, string detail) => _errors.Add(FieldError.Invalid(Where(path), node.Schema.Type, detail));

    private static string Where(string path) => path.Length == 0 ? "<nil>" : path;

    /// <param name="Here">The value beside its old one; null where there is none.</param>
    /// <param name="Parent">The nearest value around it that has an old one.</param>
    private readonly record struct Place(Correlation? Here, Correlation? Parent)
    {
        public bool IsUnchanged => (Here ?? Parent)?.IsSame == true;

        // The version and the kind of the object cannot be seen to change.
        public Place Key(string name) => Here is null ? this : Parent is null && name is "apiVersion" or "kind" ? default : new Place(Here.Key(name), Here);

        public Place Index(int index) => Here is null ? this : new Place(Here.Index(index), Here);
    }
}
