namespace Gantry.Server.CustomResources;

/// <summary>
/// Keeps the forms of the kinds that are used most. Those of others go when memory is collected, and are made again of the definition when they are needed:
/// a thousand definitions then weigh little more than their text.
/// </summary>
internal sealed class CustomForms
{
    private const int Kept = 128;

    private readonly Lock _lock = new();
    private readonly CustomForm?[] _places = new CustomForm?[Kept];
    private int _hand;

    /// <summary>Keeps a form in place of one that was not used of late.</summary>
    public void Keep(CustomForm form)
    {
        lock (_lock)
        {
            // Every place gets a second chance once, so this ends after one round at most.
            while (_places[_hand] is { IsUsed: true } used)
            {
                used.IsUsed = false;
                _hand = (_hand + 1) % Kept;
            }

            _places[_hand] = form;
            _hand = (_hand + 1) % Kept;
        }
    }
}
