/** Whether this process can make a network. */
export function canMakeNetworks(): boolean;
