using Gantry.Api.Models;

namespace Gantry.Controllers.Intents;

/// <summary>The events that tell users of an intent's outcome.</summary>
/// <param name="Regarding">The object the events are about.</param>
/// <param name="Reason">The reason after a success; empty for no event.</param>
/// <param name="Message">The message after a success, <c>{0}</c> for the object's name.</param>
/// <param name="FailedReason">The reason after a refusal; empty for no event.</param>
/// <param name="FailedMessage">The message after a refusal, <c>{0}</c> for the API's words.</param>
public sealed record Announcement(V1ObjectReference Regarding, string Reason, string Message, string FailedReason, string FailedMessage);
