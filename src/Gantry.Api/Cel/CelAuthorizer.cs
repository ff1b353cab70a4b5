namespace Gantry.Api.Cel;

/// <summary>The values of the variables <c>authorizer</c> and <c>authorizer.requestResource</c>.</summary>
public sealed class CelAuthorizer : CelObject
{
    private CelAuthorizer(CelType type, ICelAuthorizer authorizer, CelAuthorizationQuestion question)
    {
        Type = type;
        Authorizer = authorizer;
        Question = question;
    }

    /// <summary>The type of the variable <c>authorizer</c>.</summary>
    public static CelType AuthorizerType { get; } = Named("Authorizer");

    /// <summary>The type of the variable <c>authorizer.requestResource</c>.</summary>
    public static CelType ResourceCheckType { get; } = Named("ResourceCheck");

    internal static CelType PathCheckType { get; } = Named("PathCheck");

    internal static CelType GroupCheckType { get; } = Named("GroupCheck");

    public override CelType Type { get; }

    internal ICelAuthorizer Authorizer { get; }

    internal CelAuthorizationQuestion Question { get; }

    /// <summary>The value of <c>authorizer</c>.</summary>
    public static CelValue Of(ICelAuthorizer authorizer) => CelValue.Of(new CelAuthorizer(AuthorizerType, authorizer, new CelAuthorizationQuestion()));

    /// <summary>The value of <c>authorizer.requestResource</c>: a check that is about the resource of the request already. Declare and bind it under this dotted name.</summary>
    public static CelValue OfResource(ICelAuthorizer authorizer, CelAuthorizationQuestion resource) =>
        CelValue.Of(new CelAuthorizer(ResourceCheckType, authorizer, resource with { IsResource = true }));

    public override bool Same(CelObject other) => other is CelAuthorizer check && check.Type == Type && ReferenceEquals(check.Authorizer, Authorizer) && check.Question == Question;

    internal CelValue With(CelType type, CelAuthorizationQuestion question) => CelValue.Of(new CelAuthorizer(type, Authorizer, question));

    internal static CelType Named(string name) => CelType.Struct("kubernetes.authorization." + name, static () => new Dictionary<string, CelField>());
}
