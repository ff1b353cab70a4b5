using Gantry.Api.Cel;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using System.Text;

namespace Gantry.Server.Admission.Policies;

/// <summary>Computes the expressions of a policy for one request and one parameter. Words and order: apiserver's <c>policy/validating</c>.</summary>
internal static class PolicyEvaluation
{
    /// <summary>What the validations of a policy may cost together; messages are paid from what is left.</summary>
    private const long Budget = 10_000_000;
    private const int LongestMessage = 5 * 1024;

    public static PolicyVerdict Evaluate(CompiledPolicy policy, PolicyFacts facts, TreeMap? parameters, CancellationToken cancellation)
    {
        PolicyScope Scope(bool authorizes) => new(facts, parameters, authorizes, policy.Variables, cancellation);
        if (policy.Conditions.Count > 0)
        {
            var (match, error) = MatchConditions.Check(policy.Conditions, Scope(true), policy.MayFail, cancellation);
            if (!match)
            {
                return (error is null ? PolicyVerdict.Silent : PolicyVerdict.Failed(policy.MayFail, error)) with { Conditions = (match, error) };
            }
        }

        List<(CelValue Value, string? Error)> results;
        var budget = Budget;
        try
        {
            var scope = Scope(true);
            results = [.. policy.Validations.Select(v => v.Expression.Evaluate(scope, ref budget, cancellation))];
        }
        catch (PolicyBudgetException e)
        {
            return PolicyVerdict.Failed(policy.MayFail, e.Message);
        }

        var (messages, exhausted) = Messages(policy, Scope(false), budget, cancellation);
        var denials = new List<(int, string, string)>();
        var passed = new List<string>();
        for (var i = 0; i < results.Count; i++)
        {
            var (value, error) = results[i];
            error ??= exhausted is null ? null : "failed messageExpression: " + exhausted;
            if (error is not null)
            {
                if (policy.MayFail)
                {
                    passed.Add(error);
                }
                else
                {
                    denials.Add((i, error, ""));
                }
            }
            else if (value is not { Kind: CelKind.Bool, Bool: true })
            {
                var rule = policy.Validations[i].Rule;
                denials.Add((i, Message(rule, messages.ElementAtOrDefault(i)), rule.Reason ?? "Invalid"));
            }
        }

        return Annotate(policy, Scope(true), denials, cancellation) with { Passed = passed, Conditions = policy.Conditions.Count > 0 ? (true, null) : null };
    }

    private static (IReadOnlyList<string?> Messages, string? Exhausted) Messages(CompiledPolicy policy, PolicyScope scope, long budget, CancellationToken cancellation)
    {
        var messages = new List<string?>(policy.Messages.Count);
        try
        {
            foreach (var expression in policy.Messages)
            {
                var (value, error) = expression is null ? (CelValue.Null, null) : expression.Evaluate(scope, ref budget, cancellation);
                messages.Add(error is null && value.Kind == CelKind.String ? value.Text : null);
            }

            return (messages, null);
        }
        catch (PolicyBudgetException e)
        {
            return ([], e.Message);
        }
    }

    // The computed message where it is of use, else the written one, else the expression itself.
    private static string Message(V1Validation rule, string? computed)
    {
        var message = computed?.Trim() ?? "";
        if (Encoding.UTF8.GetByteCount(message) > LongestMessage || message.Contains('\n', StringComparison.Ordinal))
        {
            message = "";
        }

        return message.Length > 0 ? message
            : rule.Message.Trim() is { Length: > 0 } written ? written
            : "failed expression: " + rule.Expression.Trim();
    }

    private static PolicyVerdict Annotate(CompiledPolicy policy, PolicyScope scope, List<(int, string, string)> denials, CancellationToken cancellation)
    {
        var annotations = new List<KeyValuePair<string, string>>();
        var errors = new List<string>();
        var budget = Budget;
        try
        {
            foreach (var (rule, expression) in policy.Annotations)
            {
                var (value, error) = expression.Evaluate(scope, ref budget, cancellation);
                if (error is not null)
                {
                    errors.Add(error);
                }
                else if (value.Kind == CelKind.String && value.Text.Trim() is { Length: > 0 } text)
                {
                    annotations.Add(new(rule.Key, text));
                }
            }
        }
        catch (PolicyBudgetException e)
        {
            return PolicyVerdict.Failed(policy.MayFail, e.Message);
        }

        return new PolicyVerdict(denials, annotations, policy.MayFail ? [] : errors);
    }
}
