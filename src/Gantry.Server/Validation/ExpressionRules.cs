using Gantry.Api.Cel;
using Gantry.Api.Models;
using Gantry.Server.Admission.Policies;

namespace Gantry.Server.Validation;

/// <summary>
/// Whether the expressions of policies and of webhooks' conditions are programs. What was stored already may use everything there is; what is new only what
/// also the release before understood.
/// </summary>
internal sealed class ExpressionRules
{
    private readonly bool _hasParams;
    private readonly bool _hasVariables;
    private readonly HashSet<string> _conditions;
    private readonly HashSet<string> _validations;
    private readonly HashSet<string> _messages;
    private readonly HashSet<string> _annotations;
    private readonly List<(string Name, CelType Type)> _variables = [];

    private ExpressionRules(bool hasParams, bool hasVariables, IEnumerable<V1MatchCondition> conditions, V1ValidatingAdmissionPolicySpec? old)
    {
        _hasParams = hasParams;
        _hasVariables = hasVariables;
        _conditions = [.. conditions.Select(c => c.Expression)];
        _validations = [.. (old?.Validations ?? []).Select(v => v.Expression)];
        _messages = [.. (old?.Validations ?? []).Select(v => v.MessageExpression)];
        _annotations = [.. (old?.AuditAnnotations ?? []).Select(a => a.ValueExpression)];
    }

    /// <summary>The rules for a policy.</summary>
    /// <param name="policy">The policy; its variables are to be told in order (<see cref="Variable"/>) before what uses them.</param>
    /// <param name="old">What it replaces.</param>
    public static ExpressionRules Of(V1ValidatingAdmissionPolicy policy, V1ValidatingAdmissionPolicy? old) =>
        new(policy.Spec.ParamKind is not null, policy.Spec.Variables.Count > 0, old?.Spec.MatchConditions ?? [], old?.Spec);

    /// <summary>The rules for a webhook's conditions.</summary>
    /// <param name="stored">The conditions that are stored already.</param>
    public static ExpressionRules OfWebhook(IEnumerable<V1MatchCondition> stored) => new(hasParams: false, hasVariables: false, stored, null);

    public void Condition(FieldErrors errors, string expression, FieldPath at)
    {
        var text = expression.Trim();
        Tell(errors, at, text, PolicyExpression.Compile(Environment(_conditions.Contains(expression), variables: false), text, CelType.Bool));
    }

    public void Variable(FieldErrors errors, string name, string expression, FieldPath at)
    {
        var compiled = PolicyExpression.Compile(Environment(_validations.Contains(expression)), expression);
        Tell(errors, at, expression, compiled);
        _variables.Add((name, compiled.Program?.ResultType ?? CelType.Dyn));
    }

    public void Validation(FieldErrors errors, string expression, FieldPath at) =>
        Tell(errors, at, expression, PolicyExpression.Compile(Environment(_validations.Contains(expression)), expression, CelType.Bool));

    public void Message(FieldErrors errors, string expression, FieldPath at) =>
        Tell(errors, at, expression, PolicyExpression.Compile(Environment(_messages.Contains(expression), authorizes: false), expression, CelType.String));

    public void Annotation(FieldErrors errors, string expression, FieldPath at) =>
        Tell(errors, at, expression, PolicyExpression.Compile(Environment(_annotations.Contains(expression)), expression.Trim(), CelType.String, CelType.Null));

    private CelEnvironment Environment(bool stored, bool authorizes = true, bool variables = true)
    {
        var environment = new PolicyEnvironment(_hasParams, authorizes, stored).Make();
        return variables && _hasVariables ? PolicyEnvironment.With(environment, _variables) : environment;
    }

    private static void Tell(FieldErrors errors, FieldPath at, string shown, PolicyExpression compiled)
    {
        if (compiled.Program is null)
        {
            errors.Invalid(at, shown, compiled.Problem);
        }
    }
}
