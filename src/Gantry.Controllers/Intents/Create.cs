using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>Creates an object. That it exists already is a success when <see cref="OrExists"/> says so.</summary>
public sealed record Create<T>(T Object) : Intent
    where T : class, IApiObject<T>
{
    /// <summary>Whether an object of that name will do. For names that are derived from the wish, so that a second try is safe.</summary>
    public bool OrExists { get; init; }

    internal override async ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct)
    {
        var result = await context.Api.CreateAsync(Object, ct).ConfigureAwait(false);
        if (result.Error is { } error)
        {
            return new Performed(OrExists && error.IsAlreadyExists ? null : error, Object.Metadata.Name, null);
        }

        var made = result.Require();
        return new Performed(null, made.Metadata.Name, Sight.Reached<T>(context, made.Metadata));
    }
}
