using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>Rights that a field of an object asks for: looked at where the object has no other fault, and told as one.</summary>
internal interface IFieldGuard
{
    /// <summary>Whether it has to be asked about that resource.</summary>
    bool Guards(ResourceType type);

    /// <param name="request">What is done by whom.</param>
    /// <param name="value">The object as it is to become.</param>
    /// <param name="cancellation">Ends look-ups.</param>
    /// <returns>The fault, or null.</returns>
    ValueTask<FieldError?> CheckAsync(AdmissionRequest request, IApiObject value, CancellationToken cancellation);
}
