using Gantry.Api.Cel;
using Gantry.Api.Models;
using Gantry.Server.Admission.Matching;

namespace Gantry.Server.Admission.Policies;

/// <summary>A policy ready to be asked.</summary>
internal sealed class CompiledPolicy
{
    public CompiledPolicy(V1ValidatingAdmissionPolicy policy)
    {
        Policy = policy;
        var spec = policy.Spec;
        MayFail = spec.FailurePolicy == "Ignore";
        Match = spec.MatchConstraints is { } constraints ? new ResourceMatch(constraints) : null;
        var hasParams = spec.ParamKind is not null;
        var environment = new PolicyEnvironment(hasParams, HasAuthorizer: true, Stored: true).Make();
        var variables = new List<(string Name, PolicyExpression Expression)>();
        var types = new List<(string Name, CelType Type)>();
        foreach (var variable in spec.Variables)
        {
            var compiled = PolicyExpression.Compile(PolicyEnvironment.With(environment, types), variable.Expression);
            variables.Add((variable.Name, compiled));
            types.Add((variable.Name, compiled.Program?.ResultType ?? CelType.Dyn));
        }

        Variables = variables;
        environment = PolicyEnvironment.With(environment, types);
        var messages = PolicyEnvironment.With(new PolicyEnvironment(hasParams, HasAuthorizer: false, Stored: true).Make(), types);
        Conditions = MatchConditions.Compile(spec.MatchConditions, environment);
        Validations = [.. spec.Validations.Select(v => (v, PolicyExpression.Compile(environment, v.Expression, CelType.Bool)))];
        Messages = [.. spec.Validations.Select(v => v.MessageExpression.Length == 0 ? null : PolicyExpression.Compile(messages, v.MessageExpression, CelType.String))];
        Annotations = [.. spec.AuditAnnotations.Select(a => (a, PolicyExpression.Compile(environment, a.ValueExpression, CelType.String, CelType.Null)))];
    }

    public V1ValidatingAdmissionPolicy Policy { get; }

    public string Name => Policy.Metadata.Name;

    public bool MayFail { get; }

    /// <summary>Which requests it is about; null where it does not say.</summary>
    public ResourceMatch? Match { get; }

    public IReadOnlyList<(string Name, PolicyExpression Expression)> Variables { get; }

    public IReadOnlyList<PolicyExpression> Conditions { get; }

    public IReadOnlyList<(V1Validation Rule, PolicyExpression Expression)> Validations { get; }

    /// <summary>The expression of each validation's message; null where it has none.</summary>
    public IReadOnlyList<PolicyExpression?> Messages { get; }

    public IReadOnlyList<(V1AuditAnnotation Rule, PolicyExpression Expression)> Annotations { get; }
}
