using Gantry.Api.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gantry.Server.Flows;

/// <summary>A flow schema as it is in force.</summary>
/// <param name="SchemaName">The schema's name.</param>
/// <param name="SchemaUid">The value of <c>X-Kubernetes-PF-FlowSchema-UID</c>.</param>
/// <param name="Level">Whose seats its requests take.</param>
/// <param name="Method">What tells flows of the schema apart: ByUser, ByNamespace, or nothing.</param>
/// <param name="Rules">When it is about a request.</param>
/// <param name="Figures">What is counted of its requests.</param>
public sealed record ServedFlow(
    string SchemaName, StringValues SchemaUid, PriorityLevel Level, string Method, IReadOnlyList<V1PolicyRulesWithSubjects> Rules, FlowFigures Figures)
{
    /// <summary>Tells the client the uids of its schema and level: not their names, which may say more than it should know.</summary>
    public void Show(IHeaderDictionary headers)
    {
        headers["X-Kubernetes-PF-FlowSchema-UID"] = SchemaUid;
        headers["X-Kubernetes-PF-PriorityLevel-UID"] = Level.Uid;
    }

    /// <summary>Which flow of the schema a request belongs to.</summary>
    public string Distinguisher(string user, string ns) => Method switch
    {
        "ByUser" => user,
        "ByNamespace" => ns,
        _ => "",
    };
}
