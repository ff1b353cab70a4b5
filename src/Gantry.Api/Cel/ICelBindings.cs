namespace Gantry.Api.Cel;

/// <summary>What the variables of an expression stand for. Asked each time a variable is used, so values that are expensive should be kept.</summary>
public interface ICelBindings
{
    /// <returns>False where the variable has no value now; using it is then an error.</returns>
    bool TryFind(string name, out CelValue value);
}
