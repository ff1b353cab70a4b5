namespace Gantry.Api.Cel.Libraries;

/// <summary>Kubernetes' authorization checks with selectors.</summary>
internal static class CelAuthorizerLibrary
{
    private static readonly CelType Text = CelType.String;
    private static readonly CelType Resource = CelAuthorizer.ResourceCheckType;

    public static void Declare(CelFunctionTable table)
    {
        foreach (var type in new[] { CelAuthorizer.AuthorizerType, CelAuthorizer.PathCheckType, CelAuthorizer.GroupCheckType, Resource, CelDecisionValue.DecisionType })
        {
            table.Type(type);
        }
        var authorizer = CelAuthorizer.AuthorizerType;
        table.Member("path", "authorizer_path", [authorizer, Text], CelAuthorizer.PathCheckType, static a => string.IsNullOrWhiteSpace(a[1].Text)
            ? CelValue.Error("path must not be empty") : Next(a, CelAuthorizer.PathCheckType, q => q with { Path = a[1].Text }));
        table.Member("group", "authorizer_group", [authorizer, Text], CelAuthorizer.GroupCheckType, static a => Next(a, CelAuthorizer.GroupCheckType, q => q with { Group = a[1].Text }));
        table.Member("serviceAccount", "authorizer_serviceaccount", [authorizer, Text, Text], authorizer, static a => ServiceAccount(a));
        table.Member("resource", "groupcheck_resource", [CelAuthorizer.GroupCheckType, Text], Resource, static a => string.IsNullOrWhiteSpace(a[1].Text)
            ? CelValue.Error("resource must not be empty") : Next(a, Resource, q => q with { IsResource = true, Resource = a[1].Text }));
        Of(table, "subresource", "resourcecheck_subresource", static (q, text) => q with { Subresource = text });
        Of(table, "namespace", "resourcecheck_namespace", static (q, text) => q with { Namespace = text });
        Of(table, "name", "resourcecheck_name", static (q, text) => q with { Name = text });
        Of(table, "fieldSelector", "authorizer_fieldselector", static (q, text) => q with { FieldSelector = text });
        Of(table, "labelSelector", "authorizer_labelselector", static (q, text) => q with { LabelSelector = text });
        table.Member("check", "pathcheck_check", [CelAuthorizer.PathCheckType, Text], CelDecisionValue.DecisionType, static a => Check(a));
        table.Member("check", "resourcecheck_check", [Resource, Text], CelDecisionValue.DecisionType, static a => Check(a));
        Told(table, "errored", CelType.Bool, static d => CelValue.Of(d.Error is not null));
        Told(table, "error", Text, static d => CelValue.Of(d.Error ?? ""));
        Told(table, "allowed", CelType.Bool, static d => CelValue.Of(d.Allowed));
        Told(table, "reason", Text, static d => CelValue.Of(d.Reason));
    }

    private static void Of(CelFunctionTable table, string name, string id, Func<CelAuthorizationQuestion, string, CelAuthorizationQuestion> with) =>
        table.Member(name, id, [Resource, Text], Resource, a => Next(a, Resource, q => with(q, a[1].Text)));

    private static void Told(CelFunctionTable table, string name, CelType type, Func<CelDecision, CelValue> part) =>
        table.Member(name, "decision_" + name, [CelDecisionValue.DecisionType], type, a => part(((CelDecisionValue)a[0].Object!).Decision));

    private static CelValue Next(CelValue[] arguments, CelType type, Func<CelAuthorizationQuestion, CelAuthorizationQuestion> with)
    {
        var check = (CelAuthorizer)arguments[0].Object!;
        return check.With(type, with(check.Question));
    }

    private static CelValue ServiceAccount(CelValue[] a)
    {
        if (NameFormats.DnsSubdomain(a[2].Text).Any())
        {
            return CelValue.Error("Invalid service account name");
        }
        return NameFormats.DnsLabel(a[1].Text).Any() ? CelValue.Error("Invalid service account namespace")
            : Next(a, CelAuthorizer.AuthorizerType, q => q with { ServiceAccount = (a[1].Text, a[2].Text) });
    }

    private static CelValue Check(CelValue[] a)
    {
        var check = (CelAuthorizer)a[0].Object!;
        return CelValue.Of(new CelDecisionValue(check.Authorizer.Decide(check.Question with { Verb = a[1].Text })));
    }
}
