using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Server.Pipeline;

/// <summary>
/// The form in which webhooks and policies see an object that is written through a subresource with a kind of its own: a Deployment as its Scale.
/// </summary>
/// <param name="Kind">The kind that is shown.</param>
/// <param name="Show">The object in that form; the caller's own.</param>
/// <param name="Take">Brings what somebody changed in that form back into the object, whose root is the caller's own.</param>
public sealed record AdmissionView(ResourceType Kind, Func<TreeMap, TreeMap> Show, Action<TreeMap, TreeMap> Take);
