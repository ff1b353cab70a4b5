using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Http;

/// <summary>Answers paths that name no resource, such as the OpenAPI documents. The caller is allowed to ask.</summary>
public interface IPathHandler
{
    /// <summary>The answer, or null when the path is not this handler's.</summary>
    ValueTask<ApiAnswer?> AnswerAsync(HttpContext context, RequestInfo info, UserInfo user, CancellationToken cancellation);
}
