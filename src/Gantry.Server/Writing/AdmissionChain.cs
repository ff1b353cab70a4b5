using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>Asks every admission plugin in order; the first refusal counts.</summary>
public sealed class AdmissionChain : IMutatingAdmission, IValidatingAdmission
{
    private readonly IReadOnlyList<IMutatingAdmission> _mutating;
    private readonly IReadOnlyList<IValidatingAdmission> _validating;

    public AdmissionChain(IReadOnlyList<IMutatingAdmission> mutating, IReadOnlyList<IValidatingAdmission> validating)
    {
        _mutating = mutating;
        _validating = validating;
    }

    public async ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        foreach (var plugin in _mutating)
        {
            if (await plugin.MutateAsync(request, value, cancellation).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        foreach (var plugin in _validating)
        {
            if (await plugin.ValidateAsync(request, value, cancellation).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
