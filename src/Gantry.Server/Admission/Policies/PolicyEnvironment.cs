using Gantry.Api.Cel;

namespace Gantry.Server.Admission.Policies;

/// <summary>Which variables an expression of admission may use.</summary>
/// <param name="HasParams">Whether there is <c>params</c>.</param>
/// <param name="HasAuthorizer">Whether there is <c>authorizer</c>.</param>
/// <param name="Stored">Whether the expression is stored already: then it may use everything there is.</param>
internal readonly record struct PolicyEnvironment(bool HasParams, bool HasAuthorizer, bool Stored)
{
    public const string Variables = "kubernetes.variables";

    /// <summary>The environment, with objects and parameters of any type.</summary>
    public CelEnvironment Make() => Make(CelType.Dyn, CelType.Dyn);

    /// <summary>The environment for objects and parameters of certain types.</summary>
    public CelEnvironment Make(CelType value, CelType parameters)
    {
        var environment = (Stored ? CelEnvironment.Stored : CelEnvironment.New)
            .With("object", value).With("oldObject", value).With("request", PolicyTypes.Request).With("namespaceObject", PolicyTypes.Namespace);
        if (HasParams)
        {
            environment = environment.With("params", parameters);
        }

        return HasAuthorizer
            ? environment.With("authorizer", CelAuthorizer.AuthorizerType).With("authorizer.requestResource", CelAuthorizer.ResourceCheckType)
            : environment;
    }

    /// <summary>The same with the variables that a policy has defined so far.</summary>
    public static CelEnvironment With(CelEnvironment environment, IEnumerable<(string Name, CelType Type)> variables)
    {
        var fields = new Dictionary<string, CelField>(StringComparer.Ordinal);
        foreach (var (name, type) in variables)
        {
            fields[name] = new CelField(name, type);
        }

        return environment.With("variables", CelType.Struct(Variables, () => fields));
    }
}
