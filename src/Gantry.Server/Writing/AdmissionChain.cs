using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>Asks every admission plugin that is about an operation, in order; the first refusal counts.</summary>
public sealed class AdmissionChain : IMutatingAdmission, IValidatingAdmission
{
    private static readonly AdmissionOperation[] Operations = Enum.GetValues<AdmissionOperation>();

    private readonly Stage<IMutatingAdmission>[][] _mutating;
    private readonly Stage<IValidatingAdmission>[][] _validating;
    private readonly Stage<IObjectlessAdmission>[] _objectless;
    private readonly IReadOnlyList<IWriteGuard> _guards;
    private readonly IReadOnlyList<IFieldGuard> _fields;
    private readonly AdmissionFigures _figures;
    private readonly TimeProvider _clock;

    /// <param name="plugins">In the order in which they are asked.</param>
    /// <param name="guards">Asked between those that change objects and validation.</param>
    /// <param name="fields">Asked at the end of validation.</param>
    /// <param name="figures">Counts what they do.</param>
    /// <param name="clock">Tells how long they take.</param>
    internal AdmissionChain(
        IReadOnlyList<AdmissionPlugin> plugins, IReadOnlyList<IWriteGuard> guards, IReadOnlyList<IFieldGuard> fields, AdmissionFigures figures, TimeProvider clock)
    {
        (_guards, _fields) = (guards, fields);
        _figures = figures;
        _clock = clock;
        Stage<T>[] Of<T>(AdmissionOperation operation, bool validates)
            where T : class =>
        [
            .. plugins.Where(p => p.Plugin is T && p.Handles.HasFlag((AdmissionOperations)(1 << (int)operation)))
                .Select(p => new Stage<T>((T)p.Plugin, p.Name.Length == 0 ? null : figures.Controller(p.Name, operation, validates))),
        ];
        _mutating = [.. Operations.Select(o => Of<IMutatingAdmission>(o, validates: false))];
        _validating = [.. Operations.Select(o => Of<IValidatingAdmission>(o, validates: true))];
        _objectless = Of<IObjectlessAdmission>(AdmissionOperation.Delete, validates: false);
    }

    public async ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        var start = _clock.GetTimestamp();
        var refusal = await MutateOnceAsync(request, value, cancellation).ConfigureAwait(false);
        if (refusal is null && request.Rounds is { Wanted: true } rounds)
        {
            rounds.Begin();
            refusal = await MutateOnceAsync(request, value, cancellation).ConfigureAwait(false);
        }

        _figures.Step(request.Operation, validates: false, refusal is not null, _clock.GetElapsedTime(start));
        return refusal;
    }

    /// <summary>Asks about a connection.</summary>
    /// <param name="request">What is done by whom.</param>
    /// <param name="options">What the connection is asked for with; changed in place.</param>
    /// <param name="read">Reads the options for those who judge.</param>
    /// <param name="cancellation">Ends look-ups.</param>
    /// <returns>The refusal, or null.</returns>
    public async ValueTask<ApiStatus?> ConnectAsync(AdmissionRequest request, TreeMap options, Func<TreeMap, IApiObject> read, CancellationToken cancellation) =>
        await MutateAsync(request, options, cancellation).ConfigureAwait(false)
        ?? await ValidateAsync(request, read(options), cancellation).ConfigureAwait(false);

    /// <summary>Asks those that guard the resource itself.</summary>
    /// <param name="request">What is done by whom.</param>
    /// <param name="read">Makes the object as it is to become; called only where somebody wants to see it.</param>
    /// <param name="cancellation">Ends look-ups.</param>
    /// <returns>The refusal, or null.</returns>
    public ValueTask<ApiStatus?> GuardAsync(AdmissionRequest request, Func<IApiObject> read, CancellationToken cancellation)
    {
        foreach (var guard in _guards)
        {
            if (guard.Guards(request.Type))
            {
                return guard.CheckAsync(request, read(), cancellation);
            }
        }

        return default;
    }

    /// <summary>Asks those that guard fields of the resource.</summary>
    /// <param name="request">What is done by whom.</param>
    /// <param name="value">The object as it is to become, without other faults.</param>
    /// <param name="cancellation">Ends look-ups.</param>
    /// <returns>The fault, or null.</returns>
    public ValueTask<FieldError?> FieldFaultAsync(AdmissionRequest request, IApiObject value, CancellationToken cancellation)
    {
        foreach (var guard in _fields)
        {
            if (guard.Guards(request.Type))
            {
                return guard.CheckAsync(request, value, cancellation);
            }
        }

        return default;
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        // Nothing of a deletion can be changed, but those who change objects may refuse it.
        if (request.Operation == AdmissionOperation.Delete && await AdmitAsync(request, value, cancellation).ConfigureAwait(false) is { } unwelcome)
        {
            return unwelcome;
        }

        var start = _clock.GetTimestamp();
        var from = start;
        ApiStatus? refusal = null;
        foreach (var (plugin, figures) in _validating[(int)request.Operation])
        {
            refusal = await plugin.ValidateAsync(request, value, cancellation).ConfigureAwait(false);
            from = Note(figures, refusal, from);
            if (refusal is not null)
            {
                break;
            }
        }

        _figures.Step(request.Operation, validates: true, refusal is not null, _clock.GetElapsedTime(start));
        return refusal;
    }

    private async ValueTask<ApiStatus?> AdmitAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        var start = _clock.GetTimestamp();
        var from = start;
        ApiStatus? refusal = null;
        foreach (var (plugin, figures) in _objectless)
        {
            refusal = await plugin.AdmitAsync(request, value, cancellation).ConfigureAwait(false);
            from = Note(figures, refusal, from);
            if (refusal is not null)
            {
                break;
            }
        }

        _figures.Step(request.Operation, validates: false, refusal is not null, _clock.GetElapsedTime(start));
        return refusal;
    }

    private async ValueTask<ApiStatus?> MutateOnceAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        var from = _clock.GetTimestamp();
        foreach (var (plugin, figures) in _mutating[(int)request.Operation])
        {
            var refusal = await plugin.MutateAsync(request, value, cancellation).ConfigureAwait(false);
            from = Note(figures, refusal, from);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }

    // One look at the clock a plugin: where one ends, the next begins.
    private long Note(AdmissionFigures.Outcomes? figures, ApiStatus? refusal, long from)
    {
        var now = _clock.GetTimestamp();
        figures?.Add(refusal is not null, _clock.GetElapsedTime(from, now));
        return now;
    }

    private readonly record struct Stage<T>(T Plugin, AdmissionFigures.Outcomes? Figures);
}
