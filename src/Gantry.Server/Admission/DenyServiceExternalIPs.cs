using Gantry.Api.Models;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Services get no external addresses; those that have some may keep them.</summary>
public sealed class DenyServiceExternalIPs : IValidatingAdmission
{
    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) => ValueTask.FromResult(
        request.IsOf("", "services") && value is V1Service { Spec.ExternalIPs: { Count: > 0 } wanted }
            && wanted.Except((request.Old as V1Service)?.Spec.ExternalIPs ?? [], StringComparer.Ordinal).Any()
            ? request.Forbid(value, "Use of external IPs is denied by admission control")
            : null);
}
