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
    private readonly IReadOnlyList<IObjectlessAdmission> _objectless;

    public AdmissionChain(IReadOnlyList<IMutatingAdmission> mutating, IReadOnlyList<IValidatingAdmission> validating)
    {
        _mutating = mutating;
        _validating = validating;
        _objectless = [.. mutating.OfType<IObjectlessAdmission>()];
    }

    public async ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (await MutateOnceAsync(request, value, cancellation).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        if (request.Rounds is not { Wanted: true } rounds)
        {
            return null;
        }

        rounds.Begin();
        return await MutateOnceAsync(request, value, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        // Deletions and connections pass no mutation, but those who could change an object may refuse them.
        if (request.Operation is AdmissionOperation.Delete or AdmissionOperation.Connect)
        {
            foreach (var plugin in _objectless)
            {
                if (await plugin.AdmitAsync(request, value, cancellation).ConfigureAwait(false) is { } refusal)
                {
                    return refusal;
                }
            }
        }

        foreach (var plugin in _validating)
        {
            if (await plugin.ValidateAsync(request, value, cancellation).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private async ValueTask<ApiStatus?> MutateOnceAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
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
}
