import { checkedAddress, networks } from './addresses.js';

const none = networks([])!;
const look = (url: string, allowed = none) => checkedAddress(new URL(url), allowed);

describe('where a message may go', () => {
  it.each([
    'https://127.0.0.1/',
    'https://10.1.2.3/',
    'https://172.31.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.100.100.200/',
    'https://0.0.0.0/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[2002:7f00:1::]/',
    'https://localhost/',
  ])('is not %s', async (url) => {
    await expect(look(url)).rejects.toThrow('its address is not public');
  });

  it('is a public address by HTTPS, and by HTTP an allowed one alone', async () => {
    expect(await look('https://8.8.8.8/')).toEqual({ address: '8.8.8.8', family: 4 });
    expect(await look('https://[2606:4700::1111]/')).toEqual({
      address: '2606:4700::1111',
      family: 6,
    });
    await expect(look('http://8.8.8.8/')).rejects.toThrow('plain HTTP');
    const allowed = networks(['127.0.0.0/8', 'fd00::/8'])!;
    expect(await look('http://127.0.0.1:8080/', allowed)).toEqual({
      address: '127.0.0.1',
      family: 4,
    });
    await expect(look('https://10.0.0.1/', allowed)).rejects.toThrow('is not public');
  });

  it('is no name that has no address', async () => {
    await expect(look('https://nowhere.invalid/')).rejects.toThrow('cannot be looked up');
  });

  it.each(['10.0.0.0', '10.0.0.0/33', 'x/8', '/8', '10.0.0.0/-1'])(
    'knows no network %s',
    (text) => {
      expect(networks([text])).toBeNull();
    },
  );
});
