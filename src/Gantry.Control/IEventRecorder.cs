using Gantry.Api.Models;

namespace Gantry.Control;

/// <summary>Tells users what happened to an object, as <c>kubectl describe</c> shows it.</summary>
public interface IEventRecorder
{
    /// <summary>Records without waiting; what cannot be recorded is lost, never an error.</summary>
    /// <param name="regarding">The object the event is about.</param>
    /// <param name="type"><c>Normal</c> or <c>Warning</c>.</param>
    /// <param name="reason">One word in CamelCase.</param>
    /// <param name="message">A sentence.</param>
    void Record(V1ObjectReference regarding, string type, string reason, string message);
}
