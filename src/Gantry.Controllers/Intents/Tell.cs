using Gantry.Api.Models;

namespace Gantry.Controllers.Intents;

/// <summary>Records an event.</summary>
/// <param name="Regarding">The object it is about.</param>
/// <param name="Type"><c>Normal</c> or <c>Warning</c>.</param>
/// <param name="Reason">One word.</param>
/// <param name="Message">A sentence.</param>
public sealed record Tell(V1ObjectReference Regarding, string Type, string Reason, string Message) : Intent
{
    internal override ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct) => new(new Performed(null, "", null));
}
